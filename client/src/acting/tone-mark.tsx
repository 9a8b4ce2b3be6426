import type { ReactNode } from 'react';

const SHAPES = {
  open: <path d="M8 3.500V8l3 2M8 1.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13Z" />,
  good: <path d="m3 8.500 3.500 3.500L13 4.500" />,
  bad: <path d="m4 4 8 8M12 4l-8 8" />,
};

/** Under way, done, not done: by shape, so that it needs no colour. */
export function ToneMark({ tone }: { tone: keyof typeof SHAPES }): ReactNode {
  return (
    <svg className="mark tone-mark" data-tone={tone} viewBox="0 0 16 16" aria-hidden="true">
      <g fill="none" stroke="currentColor" strokeWidth="1.800" strokeLinecap="round" strokeLinejoin="round">
        {SHAPES[tone]}
      </g>
    </svg>
  );
}
