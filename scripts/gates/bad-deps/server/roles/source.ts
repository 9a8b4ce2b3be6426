import { parts } from '../gateway/http.ts';
import { run } from '../site/runner.ts';
import { simulate } from '../sources/simulator/simulator.ts';

export const wire = () => [parts, run, simulate];
