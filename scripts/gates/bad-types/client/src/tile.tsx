// expect: TS2322
export const Tile = () => <output tabIndex="first">{document.title}</output>;
