import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A button that opens a small menu; it closes with a choice, a click elsewhere or Escape. */
export function PopupMenu(menu: {
  readonly label: string;
  readonly symbol: string;
  readonly kind: string;
  readonly children: ComponentChildren;
}) {
  const box = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const open = box.current;
      if (!open?.open) return;
      const inside = open.contains(event.target as Node);
      const isForm = (event.target as Element).closest?.('form');
      if (event instanceof KeyboardEvent ? event.key === 'Escape' : !inside) open.open = false;
      else if (!(event instanceof KeyboardEvent) && inside && !isForm && (event.target as Element).closest('button'))
        open.open = false;
    };
    document.addEventListener('click', close);
    document.addEventListener('keydown', close);
    return () => {
      document.removeEventListener('click', close);
      document.removeEventListener('keydown', close);
    };
  }, []);
  return (
    <details class={`menu ${menu.kind}`} ref={box}>
      <summary aria-label={menu.label} title={menu.label}>
        {menu.symbol}
      </summary>
      <div class="menu-list">{menu.children}</div>
    </details>
  );
}
