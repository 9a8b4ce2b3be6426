/** Finds what a tile speaks of and trusts it as far as its own sources go. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { NOTHING } from '../../i18n/format.ts';
import { Figure, QueueTrust } from '../../ui/trust.tsx';
import { type BoardData, type Scope, type ScopeView, scopeId, scopeView } from '../tile-scope.ts';
import { TileLabel } from './tile-label.tsx';

export function Scoped({
  scope,
  data,
  label,
  children,
}: {
  scope: Scope;
  data: BoardData;
  label: string;
  children: (view: ScopeView) => ReactNode;
}): ReactNode {
  const { t } = useTranslation();
  const view = scopeView(scope, data);
  if (view === null) {
    const isKnown = data.tables.site !== null && scope.of !== 'site';
    return (
      <>
        <TileLabel text={label} />
        <p className="tile__value">
          <Figure>{NOTHING}</Figure>
        </p>
        <p className="tile__note quiet">{isKnown && t('shown.unseen', { name: scopeId(scope) })}</p>
      </>
    );
  }
  return view.sources === null ? children(view) : <QueueTrust sources={view.sources}>{children(view)}</QueueTrust>;
}
