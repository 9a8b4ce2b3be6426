// expect: useImportExtensions
import { a } from './cycle-a';

export const again = a;
