import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TextField } from '../ui/field.tsx';

interface TypedFieldProps {
  readonly label: string;
  readonly value: string;
  /** What the text means; null: nothing that fits. */
  readonly read: (text: string) => string | null;
  readonly problem: string;
  readonly onValue: (value: string) => void;
  readonly maxLength?: number;
  readonly inputMode?: 'numeric' | 'decimal';
  readonly hint?: string;
  readonly className?: string;
}

/** What is typed counts at once where it fits; where it does not, it stays in sight with the reason, and nothing changes. */
export function TypedField({ value, read, problem, onValue, ...field }: TypedFieldProps): ReactNode {
  const [typed, setTyped] = useState({ text: value, value });
  // It was changed elsewhere: by an undo, or by choosing something else.
  if (typed.value !== value) setTyped({ text: value, value });
  const take = (text: string): void => {
    const meant = read(text);
    setTyped({ text, value: meant ?? value });
    if (meant !== null && meant !== value) onValue(meant);
  };
  const { text } = typed.value === value ? typed : { text: value };
  return <TextField {...field} value={text} onValue={take} error={read(text) === null ? problem : null} />;
}

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly limits: readonly [number, number];
  readonly isWhole?: boolean;
  readonly onValue: (value: number) => void;
  readonly className?: string;
}

export function NumberField({
  label,
  value,
  limits,
  isWhole = true,
  onValue,
  className = '',
}: NumberFieldProps): ReactNode {
  const { t } = useTranslation();
  const [min, max] = limits;
  const read = (text: string): string | null => {
    const number = Number(text);
    const fits = text.trim() !== '' && number >= min && number <= max && (!isWhole || Number.isInteger(number));
    return fits ? String(number) : null;
  };
  return (
    <TypedField
      label={label}
      value={String(value)}
      read={read}
      problem={t(isWhole ? 'boards.tile.number' : 'tv.form.number', { min, max })}
      onValue={(text) => onValue(Number(text))}
      inputMode={isWhole ? 'numeric' : 'decimal'}
      className={className}
    />
  );
}
