import type { zhCn } from './zh-cn.ts';

type SameKeys<T> = { readonly [K in keyof T]: T[K] extends string ? string : SameKeys<T[K]> };

/** The keys every language must have; a missing or surplus one does not compile. */
export type Words = SameKeys<typeof zhCn>;
