/** Strokes on a grid of 24, drawn in the colour of the text beside them. */
const PATHS = {
  check: 'M4 12.5 9.5 18 20 6.5',
  warning: 'M12 3.5 22 20H2zM12 10v4.5M12 17.4v.2',
  info: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18M12 11v5M12 7.8v.2',
  close: 'M6 6l12 12M18 6 6 18',
  read: 'M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h7',
  understand: 'M4 4h7.500L20 12.500 12.500 20 4 11.500zM8.200 8.200v.1',
  jobs: 'M8.500 6H21M8.500 12H21M8.500 18H21M4 6v.1M4 12v.1M4 18v.1',
  operate: 'M4 19V9M10 19V5M16 19v-7M21 19H3',
  webhook: 'M9 8a4 4 0 1 1 5 3.5l3 5M7 12a4 4 0 1 0 4 4h6M18 20a4 4 0 1 0-3-6.5',
  key: 'M8 12a4 4 0 1 1 0 8 4 4 0 0 1 0-8M11 13.200 20 4M16 8l3 3',
  usage: 'M4 20V10h4v10M10 20V4h4v16M16 20v-7h4v7',
  docs: 'M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h11',
  upload: 'M12 16V4M7 9l5-5 5 5M4 16v4h16v-4',
  camera: 'M3 8h4l2-3h6l2 3h4v11H3zM12 10a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7',
  download: 'M12 4v12M7 11l5 5 5-5M4 18v2h16v-2',
  search: 'M10.500 4a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13M15.500 15.500 21 21',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  retry: 'M20 12a8 8 0 1 1-2.500-5.800M20 3v4h-4',
  stop: 'M6 6h12v12H6z',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  turn: 'M19 12a7 7 0 1 1-2.200-5.100M19 3v4.500h-4.500',
  layers: 'M12 3 22 8.500 12 14 2 8.500zM3 13l9 5 9-5',
  up: 'M6 15l6-6 6 6',
  down: 'M6 9l6 6 6-6',
  left: 'M15 5l-7 7 7 7',
  right: 'M9 5l7 7-7 7',
  sun: 'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600 19 19M19 5l-1.400 1.400M6.400 17.600 5 19',
  moon: 'M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500',
  screen: 'M3 5h18v11H3zM9 20h6M12 16v4',
  globe: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
  leave: 'M10 4H5v16h5M14 8l4 4-4 4M8 12h10',
  menu: 'M4 7h16M4 12h16M4 17h16',
  pen: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3',
  bell: 'M6 17V11a6 6 0 1 1 12 0v6l2 1H4zM10 21h4',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
} as const;
export type IconName = keyof typeof PATHS;

/** Decoration: what a control does is said in words beside it, or in its label. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
