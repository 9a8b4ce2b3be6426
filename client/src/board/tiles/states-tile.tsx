import type { CSSProperties, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { StateBar } from '../../charts/state-bar.tsx';
import { NOTHING } from '../../i18n/format.ts';
import { useTrust } from '../../ui/trust.tsx';
import { stateParts } from '../day-page.tsx';
import type { BoardData } from '../tile-scope.ts';
import { TileLabel } from './tile-label.tsx';

/** `columns`: how many states stand beside each other. */
export function StatesTile({ data, columns }: { data: BoardData; columns: number }): ReactNode {
  const { t } = useTranslation();
  const { isWithheld } = useTrust();
  const { site } = data.tables;
  return (
    <div className="tile-states" style={{ '--columns': columns } as CSSProperties}>
      <TileLabel text={t('wall.agentStates')}>
        <span className="quiet">
          {t('metric.signedIn')} {isWithheld || !site ? NOTHING : site.signedIn}
        </span>
      </TileLabel>
      <StateBar parts={site ? stateParts(site, t) : []} shown={(count) => (isWithheld ? NOTHING : String(count))} />
    </div>
  );
}
