import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { advance, clock } from './phone.js';

const HOUR_MS = 3_600_000;
const STEPS = [
  { title: '+1 h', label: 'Move the clock forward one hour', ms: HOUR_MS },
  { title: '+24 h', label: 'Move the clock forward 24 hours', ms: 24 * HOUR_MS },
];

const ahead = (ms: number): string => {
  const hours = Math.round(ms / HOUR_MS);
  return hours >= 48 ? `${Math.floor(hours / 24)} d ${hours % 24} h ahead` : `${hours} h ahead`;
};

/** The product's time, which runs on by itself and can be moved forward, never back. */
export function ClockBar() {
  const tick = useSignal(0);
  useEffect(() => {
    const timer = setInterval(() => tick.value++, 1_000);
    return () => clearInterval(timer);
  }, [tick]);
  const time = clock.value;
  void tick.value;
  const now = time && new Date(time.now_ms + Date.now() - time.readAt);
  return (
    <header class="bar">
      <h1>WhatsApp emulator</h1>
      <div class="clock">
        <time dateTime={now?.toISOString()}>
          {now ? now.toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' }) : '…'}
        </time>
        {time && time.offset_ms > 0 && <span class="ahead">{ahead(time.offset_ms)}</span>}
        {STEPS.map(({ title, label, ms }) => (
          <button key={title} type="button" aria-label={label} title={label} onClick={() => void advance(ms)}>
            {title}
          </button>
        ))}
      </div>
    </header>
  );
}
