export const Good = () => <output>{document.title}</output>;
