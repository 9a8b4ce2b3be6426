import type { ReactNode } from 'react';

/** A figure and its name, one of several in a `dl`. */
export function Fact({ name, value }: { name: string; value: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
