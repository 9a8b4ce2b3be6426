// Runs in browsers that cannot read the application at all, so: no modern syntax here.
(function () {
  var isModern =
    'noModule' in document.createElement('script') &&
    typeof Promise === 'function' &&
    typeof ResizeObserver === 'function' &&
    typeof ''.replaceAll === 'function' &&
    window.CSS &&
    CSS.supports('inset', '0');
  if (isModern) return;
  // What whoever stands before the TV is asked for on the phone.
  var version = /(Chrome|Firefox|Version|Edge)\/[\d.]+/.exec(navigator.userAgent);
  document.getElementById('too-old-version').textContent = version ? version[0] : navigator.userAgent;
  document.getElementById('too-old').removeAttribute('hidden');
})();
