import { useSignal } from '@preact/signals';
import type { ComponentProps, ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import type Chart from './chart.tsx';

type Props = ComponentProps<typeof Chart>;

/** A chart whose library comes when the first one is shown. */
export function LaterChart(props: Props) {
  const loaded = useSignal<ComponentType<Props> | null>(null);
  useEffect(() => {
    void import('./chart.tsx').then((module) => {
      loaded.value = module.default;
    });
  }, []);
  const Loaded = loaded.value;
  return Loaded === null ? <div class="chart" aria-busy="true" /> : <Loaded {...props} />;
}
