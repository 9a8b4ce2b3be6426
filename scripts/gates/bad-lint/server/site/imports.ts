// expect: organizeImports
import { join } from 'node:path';
import { readFileSync } from 'node:fs';

export const read = (name: string) => readFileSync(join('.', name));
