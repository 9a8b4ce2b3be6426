import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { NewPasswordField } from './new-password-field.tsx';
import { suggestPassword } from './password-strength.ts';

interface SuggestedPasswordFieldProps {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly error: string | null;
  readonly names: readonly string[];
}

/** The first password of somebody else: chosen, or drawn and then handed over. */
export function SuggestedPasswordField({ value, onValue, error, names }: SuggestedPasswordFieldProps): ReactNode {
  const { t } = useTranslation();
  const [drawn, setDrawn] = useState('');
  return (
    <div className="suggested">
      <NewPasswordField
        label={t('access.people.firstPassword')}
        value={value}
        onValue={onValue}
        error={error}
        names={names}
      />
      <Button
        onClick={() => {
          const password = suggestPassword(below);
          setDrawn(password);
          onValue(password);
        }}
      >
        {t('access.people.suggest')}
      </Button>
      {drawn !== '' && drawn === value && (
        <CopyField label={t('access.people.suggested')} text={drawn} hint={t('access.people.suggestedHint')} />
      )}
    </div>
  );
}

/** Even: what does not fit a whole number of times into the range is drawn again. */
function below(limit: number): number {
  const range = Math.floor(2 ** 32 / limit) * limit;
  const [drawn = range] = crypto.getRandomValues(new Uint32Array(1));
  return drawn < range ? drawn % limit : below(limit);
}
