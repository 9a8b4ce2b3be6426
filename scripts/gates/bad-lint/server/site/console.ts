// expect: noConsole
console.log('started');
