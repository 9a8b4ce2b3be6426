import { wire } from '../server/app.ts';

export const tool = wire;
