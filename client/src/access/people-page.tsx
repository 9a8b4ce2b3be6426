import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../../shared/api-access.ts';
import { Button } from '../ui/button.tsx';
import { Given } from '../ui/given.tsx';
import { useToast } from '../ui/toast.tsx';
import { useLoad } from '../ui/use-load.ts';
import { fetchPeople } from './access-api.ts';
import { LoadState } from './load-state.tsx';
import { PersonEditor } from './person-editor.tsx';
import { NO_PLACES } from './preview.ts';
import { scopeSummary } from './scope-summary.ts';
import { Shell } from './shell.tsx';
import { useInstant } from './use-instant.ts';
import { usePlaces } from './use-places.ts';

export function PeoplePage(): ReactNode {
  const { t } = useTranslation();
  const people = useLoad(fetchPeople);
  const places = usePlaces();
  const toast = useToast();
  const [search, setSearch] = useState('');
  /** Null: none is open; a person without an id is to be created. */
  const [open, setOpen] = useState<{ readonly person: Person | null } | null>(null);
  const shown = useMemo(
    () => found(people.data ?? [], search, (role) => t(`access.role.${role}`)),
    [people.data, search, t],
  );
  const close = useCallback(() => setOpen(null), []);
  return (
    <Shell
      page="people"
      tools={
        <Button kind="primary" onClick={() => setOpen({ person: null })}>
          {t('access.people.add')}
        </Button>
      }
    >
      <div className="bar">
        <input
          type="search"
          className="input bar__search"
          aria-label={t('access.people.search')}
          placeholder={t('access.people.search')}
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
        {people.data && (
          <span className="bar__count" role="status">
            {t('access.people.shown', { shown: shown.length, total: people.data.length })}
          </span>
        )}
      </div>
      <LoadState loaded={people}>
        {shown.length === 0 ? (
          <p className="list__empty">{t('access.people.nobody')}</p>
        ) : (
          <PeopleList people={shown} places={places.data ?? NO_PLACES} onOpen={(person) => setOpen({ person })} />
        )}
      </LoadState>
      {open && (
        <PersonEditor
          person={open.person}
          places={places}
          onClose={close}
          onSaved={(name) => {
            close();
            toast(t('access.people.saved', { name }));
            void people.reload();
          }}
        />
      )}
    </Shell>
  );
}

/** Those who may sign in first, each by name. */
function found(
  people: readonly Person[],
  search: string,
  roleName: (role: Person['role']) => string,
): readonly Person[] {
  const wanted = search.trim().toLowerCase();
  return people
    .filter(({ name, login, role }) => `${name} ${login} ${roleName(role)}`.toLowerCase().includes(wanted))
    .toSorted(
      (a, b) => Number(b.isActive) - Number(a.isActive) || a.name.localeCompare(b.name, 'zh-CN', { numeric: true }),
    );
}

interface PeopleListProps {
  readonly people: readonly Person[];
  readonly places: typeof NO_PLACES;
  readonly onOpen: (person: Person) => void;
}

function PeopleList({ people, places, onOpen }: PeopleListProps): ReactNode {
  const { t } = useTranslation();
  const instant = useInstant();
  return (
    <table className="list list--people">
      <thead>
        <tr>
          <th scope="col">{t('access.field.name')}</th>
          <th scope="col">{t('access.field.role')}</th>
          <th scope="col">{t('access.field.scope')}</th>
          <th scope="col">{t('access.field.twoStep')}</th>
          <th scope="col">{t('access.field.signedInAt')}</th>
        </tr>
      </thead>
      <tbody>
        {people.map((person) => (
          <tr key={person.id} data-off={!person.isActive}>
            <th scope="row">
              <button type="button" className="list__open" onClick={() => onOpen(person)}>
                <Given text={person.name} />
              </button>
              <Given text={person.login} className="list__sub" />
            </th>
            <td data-label={t('access.field.role')}>
              {t(`access.role.${person.role}`)}
              {!person.isActive && <span className="badge">{t('access.people.inactive')}</span>}
              {!person.isLocal && <span className="badge">{t('access.people.elsewhere')}</span>}
            </td>
            <td data-label={t('access.field.scope')} className="list__wide">
              {scopeSummary(t, person.scope, places)}
            </td>
            <td data-label={t('access.field.twoStep')}>
              {person.hasTotp ? (
                t('access.account.isOn')
              ) : (
                <span className="list__quiet">{t('access.account.isOff')}</span>
              )}
            </td>
            <td data-label={t('access.field.signedInAt')}>
              {person.signedInAt === null ? (
                <span className="list__quiet">{t('access.people.never')}</span>
              ) : (
                <time dateTime={new Date(person.signedInAt).toISOString()}>{instant(person.signedInAt)}</time>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
