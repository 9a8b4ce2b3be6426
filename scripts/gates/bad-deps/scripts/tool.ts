import { wire } from '../server/roles/source.ts';

export const tool = wire;
