-- Who signs in elsewhere: the name that the identity provider never gives to anybody else, known from the first sign-in on.
ALTER TABLE people ADD COLUMN sign_on_subject text UNIQUE;
