import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Places } from '../access/preview.ts';
import { Field } from '../ui/field.tsx';

interface SiteFieldProps {
  readonly sites: Places['sites'];
  readonly value: string;
  readonly onValue: (site: string) => void;
  readonly hint?: ReactNode;
}

/** Of which site a board is to be. */
export function SiteField({ sites, value, onValue, hint = null }: SiteFieldProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Field label={t('boards.new.site')} hint={hint}>
      {(control) => (
        <select {...control} className="input" value={value} onChange={({ target }) => onValue(target.value)}>
          {sites.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
