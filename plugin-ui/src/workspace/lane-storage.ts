import { drawnLaneSchema } from '../../../service/src/core/page-commands.js';
import type { KeyValueStore } from '../ui/storage.js';
import type { LaneStorage } from './drawing.js';
import type { DrawnPoints } from './drawn-lane.js';

const prefix = 'simmer-lane ';
const lanesMax = 24;

/**
 * Keeps a drawn lane of each instance in the browser. What is read back is checked like any foreign text; a store that
 * is full or forbidden is as good as none. The page's address keeps its port where that is free; with another port the
 * browser has another store, so a lane that is to stay is exported.
 */
export function laneStorage(store: KeyValueStore | undefined, instance: string): LaneStorage {
  const name = `${prefix}${instance}`;
  return {
    load() {
      try {
        const result = drawnLaneSchema.safeParse(JSON.parse(store?.getItem(name) ?? 'null'));
        return result.success && rises(result.data) ? result.data : [];
      } catch {
        return [];
      }
    },
    save(points) {
      try {
        if (store === undefined) return;
        store.removeItem(name);
        if (points.length === 0) return;
        const lanes = Array.from({ length: store.length }, (_, index) => store.key(index) ?? '').filter((key) =>
          key.startsWith(prefix),
        );
        for (const old of lanes.slice(0, Math.max(0, lanes.length - lanesMax + 1))) store.removeItem(old);
        store.setItem(name, JSON.stringify(points));
      } catch {
        // Full or forbidden.
      }
    },
  };
}

function rises(points: DrawnPoints): boolean {
  return points.every((point, index) => index === 0 || point.frame > (points[index - 1]?.frame ?? 0));
}
