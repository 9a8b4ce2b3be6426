/** Gaps on a drawing: hatched where data is missing, lightly dotted where the PBX's log has filled it; each with its word. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/format.ts';
import type { GapBand } from './gaps.ts';

const wordOf = ({ isFilled }: GapBand) => (isFilled ? 'gap.filled' : 'gap.open');

/** Lies over the drawing whose whole width it has. `widthPx`: room for words; without it there are none. */
export function GapBands({
  bands,
  widthPx = 0,
  emPx = 16,
}: {
  bands: readonly GapBand[];
  widthPx?: number;
  emPx?: number;
}): ReactNode {
  const { t } = useTranslation();
  if (bands.length === 0) return null;
  return (
    <span className="gaps" aria-hidden="true">
      {bands.map((band) => {
        const word = t(wordOf(band));
        // A Chinese character is an em wide, a letter about half of one.
        const neededEm = [...word].reduce((sum, char) => sum + (char > '\u2e80' ? 1 : 0.56), 1);
        return (
          <span
            key={`${band.startAt} ${band.isFilled}`}
            className="gaps__band"
            data-filled={band.isFilled}
            style={{ left: `${band.from * 100}%`, width: `${(band.to - band.from) * 100}%` }}
          >
            {(band.to - band.from) * widthPx > neededEm * emPx && <span className="gaps__word">{word}</span>}
          </span>
        );
      })}
    </span>
  );
}

/** Beside a title: what the bands below mean. Nothing without bands. */
export function GapLegend({ bands }: { bands: readonly GapBand[] }): ReactNode {
  const { t } = useTranslation();
  const words = useGapWords();
  return [false, true].map((isFilled) => {
    const ofKind = bands.filter((band) => band.isFilled === isFilled);
    if (ofKind.length === 0) return null;
    return (
      <span key={String(isFilled)} className="gap-legend" title={words(ofKind)}>
        <span className="gaps__band gap-legend__swatch" data-filled={isFilled} aria-hidden="true" />
        {t(isFilled ? 'gap.filledShort' : 'gap.open')}
      </span>
    );
  });
}

/** `no data 10:02–10:05`, for labels and tooltips; empty without gaps. */
export function useGapWords(): (bands: readonly GapBand[]) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return (bands) =>
    bands
      .map((band) =>
        t('gap.range', {
          word: t(wordOf(band)),
          from: format.timeShort(band.startAt),
          to: format.timeShort(band.endAt),
        }),
      )
      .join('; ');
}
