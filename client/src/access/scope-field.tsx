import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Scope } from '../../../shared/policy.ts';
import { errorText } from '../error-text.ts';
import { NamePicker } from '../ui/name-picker.tsx';
import type { Loaded } from '../ui/use-load.ts';
import { NO_PLACES, PLACE_KINDS, type Places } from './preview.ts';

interface ScopeFieldProps {
  readonly scope: Scope;
  readonly onScope: (scope: Scope) => void;
  readonly places: Loaded<Places>;
  /** Of whoever gives: nobody gives more than they have. */
  readonly giver: Scope;
}

/** Where rights hold: sites, queues and teams, each all of them or some by name. */
export function ScopeField({ scope, onScope, places, giver }: ScopeFieldProps): ReactNode {
  const { t } = useTranslation();
  const known = places.data ?? NO_PLACES;
  const siteNames = new Map(known.sites.map(({ id, name }) => [id, name]));
  const choicesOf = (kind: (typeof PLACE_KINDS)[number]) => {
    const mine = giver[kind];
    return known[kind]
      .filter(
        ({ id, sites }) => (mine?.includes(id) ?? true) && sites.some((site) => scope.sites?.includes(site) ?? true),
      )
      .map(({ id, name, sites }) => ({
        ...{ id, name },
        ...(kind !== 'sites' &&
          known.sites.length > 1 && { note: sites.map((site) => siteNames.get(site) ?? site).join(' · ') }),
      }));
  };
  return (
    <div className="scope">
      {PLACE_KINDS.map((kind) => (
        <NamePicker
          key={kind}
          label={t(`access.scope.${kind}`)}
          allLabel={t(`access.scope.all.${kind}`)}
          someLabel={t('access.scope.some')}
          choices={choicesOf(kind)}
          chosen={scope[kind]}
          onChoose={(chosen) => onScope({ ...scope, [kind]: chosen })}
          canChooseAll={giver[kind] === null}
          emptyText={places.isLoading ? t('access.form.loading') : t('access.scope.empty')}
        />
      ))}
      {places.error !== null && (
        <p className="scope__error">
          {t('access.scope.namesMissing', { reason: errorText(t, places.error) })}{' '}
          <button type="button" className="link" onClick={() => void places.reload()}>
            {t('access.form.tryNow')}
          </button>
        </p>
      )}
    </div>
  );
}
