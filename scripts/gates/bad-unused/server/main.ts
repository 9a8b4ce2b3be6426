// expect: unlisted
import { pino } from 'pino';
import { used } from './used.ts';

used(pino);
