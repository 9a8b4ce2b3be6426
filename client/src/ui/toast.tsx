/** A word of what was done. Never the only place of something that must be read. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import { SeverityMark } from './severity-mark.tsx';

const SHOWN_MS = 6_000;

const ToastContext = createContext<(text: string) => void>(() => {});

export const useToast = (): ((text: string) => void) => useContext(ToastContext);

export function ToastProvider({ children }: { children: ReactNode }): ReactNode {
  const [toast, setToast] = useState<{ readonly text: string } | null>(null);
  useEffect(() => {
    if (toast === null) return;
    const handle = setTimeout(() => setToast(null), SHOWN_MS);
    return () => clearTimeout(handle);
  }, [toast]);
  const tell = useCallback((text: string) => setToast({ text }), []);
  return (
    <ToastContext value={tell}>
      {children}
      <div className="toasts" role="status">
        {toast && (
          <p className="toast">
            <SeverityMark kind="eased" />
            {toast.text}
          </p>
        )}
      </div>
    </ToastContext>
  );
}
