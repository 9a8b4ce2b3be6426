// expect: features-never-import-each-other
import { send } from '../notify/send.ts';

export const again = send;
