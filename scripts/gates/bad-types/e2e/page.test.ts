// expect: TS2322
export const title: number = process.argv.length > 1 ? document.title : '';
