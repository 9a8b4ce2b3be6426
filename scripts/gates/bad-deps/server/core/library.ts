// expect: core-imports-shared-only
import { z } from 'zod';

export const schema = z.string();
