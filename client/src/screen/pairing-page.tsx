/** A TV without a keyboard shows a code; somebody with a phone does the rest. */
import { type ReactNode, useCallback, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useTitle } from '../access/gate.tsx';
import { signInAddress } from '../access/go.ts';
import { useSession } from '../access/session.tsx';
import { usePixelShift } from '../board/upkeep.ts';
import { QrCode } from '../ui/qr-code.tsx';
import { keepWanted } from './kept-wanted.ts';
import { usePairing } from './use-pairing.ts';
import './screen.css';

export function PairingPage(): ReactNode {
  const { t } = useTranslation();
  const { ask } = useSession();
  const onPaired = useCallback(() => void ask(), [ask]);
  const { code, trouble } = usePairing(onPaired);
  useTitle(t('tv.pairing.title'));
  usePixelShift();
  // It is nobody's TV now, and must not show what it once was told.
  useEffect(() => keepWanted(null), []);
  const address = `${location.origin}/screens`;
  return (
    <main className="tv tv--pairing">
      <div className="pairing">
        <h1 className="pairing__title">{t('tv.pairing.title')}</h1>
        <ol className="pairing__steps">
          <li>{t('tv.pairing.scan')}</li>
          <li>{t('tv.pairing.name')}</li>
          <li>{t('tv.pairing.after')}</li>
        </ol>
        <p className="pairing__label">{t('tv.pairing.code')}</p>
        <p className="pairing__code" role="img" aria-label={code?.split('').join(' ') ?? t('tv.pairing.waiting')}>
          {code ? `${code.slice(0, 3)} ${code.slice(3)}` : '··· ···'}
        </p>
        <p className="pairing__address">
          {t('tv.pairing.orOpen')} <bdi>{address}</bdi>
        </p>
        {trouble && (
          <p className="pairing__trouble" role="status">
            {t(`tv.pairing.${trouble}`)}
          </p>
        )}
      </div>
      <div className="pairing__qr">
        {code && <QrCode text={`${address}?code=${code}`} label={t('tv.pairing.qr')} />}
      </div>
      <p className="pairing__foot">
        <a href={signInAddress(location)}>{t('access.wall.signIn')}</a>
      </p>
    </main>
  );
}
