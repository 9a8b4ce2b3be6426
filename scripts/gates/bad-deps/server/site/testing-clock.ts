import fc from 'fast-check';

export const clock = () => fc;
