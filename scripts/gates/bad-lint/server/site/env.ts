// expect: noProcessEnv
export const port = process.env.PORT;
