// expect: no-d3-dom
import { select } from 'd3-selection';

export const root = select;
