// expect: noRestrictedImports
import { select } from 'd3';

export const root = select('svg');
