/** Never calls Date.now() or Math.random(). */
export const at = Date.UTC(2026, 0, 1);
export const half = Math.round(0.5);
export const text = 'new Date(';
