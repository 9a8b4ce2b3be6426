// expect: no-impure-call
import { Temporal } from 'temporal-polyfill';

export const today = () => Temporal.Now.plainDateISO();
