-- Kept free for single sign-on.
SELECT 1;
