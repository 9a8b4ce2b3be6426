// expect: server-never-imports-tooling
import { tool } from '../../scripts/tool.ts';

export const again = tool;
