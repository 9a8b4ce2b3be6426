import type { ReactNode } from 'react';
import { Given } from '../../ui/given.tsx';
import { SeverityTag } from '../../ui/severity-mark.tsx';
import type { Severity } from '../severity.ts';

/** What a tile shows, of whom, and the shape and word of its state. */
export function TileLabel({
  text,
  of = null,
  severity = 'normal',
  children,
}: {
  text: string;
  of?: string | null;
  severity?: Severity;
  children?: ReactNode;
}): ReactNode {
  return (
    <h2 className="tile__label">
      <span className="tile__title">
        {of !== null && <Given text={of} className="tile__of" />}
        <span className="tile__name">{text}</span>
      </span>
      {children}
      <SeverityTag kind={severity} />
    </h2>
  );
}
