/** Two people changed the same person: what is saved now beside what is typed here, nothing of either lost. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../../shared/api-access.ts';
import { Button } from '../ui/button.tsx';
import { SeverityMark } from '../ui/severity-mark.tsx';
import { type DraftField, draftOf, type PersonDraft } from './person-draft.ts';
import type { Places } from './preview.ts';

interface PersonConflictProps {
  readonly theirs: Person;
  readonly mine: PersonDraft;
  readonly fields: readonly DraftField[];
  readonly places: Places;
  readonly onTakeTheirs: () => void;
}

export function PersonConflict({ theirs, mine, fields, places, onTakeTheirs }: PersonConflictProps): ReactNode {
  const { t } = useTranslation();
  const told = (draft: PersonDraft, field: DraftField): string => {
    switch (field) {
      case 'name':
      case 'login':
        return draft[field];
      case 'role':
        return t(`access.role.${draft.role}`);
      case 'sites':
      case 'queues':
      case 'teams': {
        const ids = draft.scope[field];
        if (ids === null) return t(`access.scope.all.${field}`);
        const names = ids.map((id) => places[field].find((place) => place.id === id)?.name ?? id);
        return names.join(t('access.list.comma')) || t('access.conflict.none');
      }
      case 'password':
        return draft.password === null ? t('access.conflict.stays') : t('access.conflict.newOne');
      case 'isActive':
      case 'resetTotp':
        return draft[field] ? t('access.conflict.yes') : t('access.conflict.no');
    }
  };
  const saved = draftOf(theirs);
  return (
    <section className="conflict" role="alert" aria-label={t('access.conflict.title')}>
      <h3>
        <SeverityMark kind="warning" />
        {t('access.conflict.title')}
      </h3>
      <p>{fields.length > 0 ? t('access.conflict.lead') : t('access.conflict.same')}</p>
      {fields.length > 0 && (
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col">{t('access.conflict.theirs')}</th>
              <th scope="col">{t('access.conflict.mine')}</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <tr key={field}>
                <th scope="row">{t(`access.conflict.field.${field}`)}</th>
                <td>{told(saved, field)}</td>
                <td>{told(mine, field)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Button onClick={onTakeTheirs}>{t('access.conflict.takeTheirs')}</Button>
    </section>
  );
}
