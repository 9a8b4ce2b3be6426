import { scaleLinear } from 'd3';

export const scale = scaleLinear();
