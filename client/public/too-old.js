// Runs in browsers that cannot read the application at all, so: no modern syntax here.
(function () {
  var isModern =
    'noModule' in document.createElement('script') &&
    typeof Promise === 'function' &&
    typeof ResizeObserver === 'function' &&
    typeof ''.replaceAll === 'function' &&
    window.CSS &&
    CSS.supports('inset', '0');
  if (!isModern) document.getElementById('too-old').removeAttribute('hidden');
})();
