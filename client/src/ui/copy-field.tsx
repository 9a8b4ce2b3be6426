import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { Field } from './field.tsx';

/** On a phone. */
const CHARACTERS_PER_ROW = 24;

/** A text to take along. Without a secure connection browsers give no clipboard: then it is copied from the field. */
export function CopyField({ label, text, hint }: { label: string; text: string; hint?: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const input = useRef<HTMLTextAreaElement>(null);
  const [outcome, setOutcome] = useState<'none' | 'copied' | 'byHand'>('none');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
    } catch {
      input.current?.select();
      setOutcome(document.execCommand?.('copy') ? 'copied' : 'byHand');
    }
  };
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <span className="copy">
          {/* Not one line: what is cut off is copied wrong by hand. */}
          <textarea
            {...control}
            ref={input}
            className="input copy__text"
            rows={Math.ceil(text.length / CHARACTERS_PER_ROW)}
            readOnly
            spellCheck={false}
            value={text}
            onFocus={({ target }) => target.select()}
          />
          <Button onClick={() => void copy()}>
            {outcome === 'copied' ? t('access.form.copied') : t('access.form.copy')}
          </Button>
          <span className="sr-only" role="status">
            {outcome === 'copied' && t('access.form.copied')}
          </span>
          {outcome === 'byHand' && <span className="copy__hand">{t('access.form.copyByHand')}</span>}
        </span>
      )}
    </Field>
  );
}
