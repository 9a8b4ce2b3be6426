import type { ReactNode } from 'react';
import { useFormat } from '../../i18n/format.ts';
import type { BoardData } from '../tile-scope.ts';

export function ClockTile({ data: { clockAt } }: { data: BoardData }): ReactNode {
  const format = useFormat();
  return (
    <div className="tile-clock">
      <time className="tile-clock__time">{clockAt === null ? '--:--' : format.timeShort(clockAt)}</time>
      {clockAt !== null && <p className="tile-clock__date">{format.date(clockAt)}</p>}
    </div>
  );
}
