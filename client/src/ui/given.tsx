import type { ReactNode } from 'react';

/** Text that came from the PBX: shown as given, in one line, whatever it holds. The whole of it is in the title. */
export function Given({ text, className = '' }: { text: string; className?: string }): ReactNode {
  return (
    <bdi className={`given ${className}`} title={text}>
      {text}
    </bdi>
  );
}
