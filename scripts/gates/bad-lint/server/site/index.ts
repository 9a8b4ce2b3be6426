// expect: noBarrelFile
export { a } from './cycle-a.ts';
