-- Reserved for a change that comes from another branch.
SELECT 1;
