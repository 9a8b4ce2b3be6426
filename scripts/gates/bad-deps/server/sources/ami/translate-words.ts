export const words = '';
