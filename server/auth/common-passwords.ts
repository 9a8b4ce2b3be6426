/** Passwords of ten characters or more that everybody tries first, from published leaks. Lower case. */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `
1234567890 12345678910 123456789a 123456789q a123456789 q123456789 1234567891 12345678900 0123456789 0987654321
9876543210 1234512345 123123123123 1231231234 1122334455 1111122222 123456123456 123454321 12344321 1q2w3e4r5t
1q2w3e4r5t6y 1qaz2wsx3edc 1qazxsw23edc q1w2e3r4t5 q1w2e3r4t5y6 qwertyuiop qwertyuiop123 qwerty1234 qwerty12345 qwerty123456
1234qwerasdf qwer123456 qwerasdfzxcv asdfghjkl123 asdfghjkl1 zxcvbnm123 zxcvbnmasd qazwsxedc123 qazwsxedcrfv 1qaz@wsx3edc
!qaz2wsx3edc p@ssw0rd123 p@ssword123 passw0rd123 password01 password11 password12 password123 password1234 password12345
password1! password123! passwordpassword mypassword mypassword1 changeme123 changeme1234 letmein123 letmein1234 welcome123
welcome1234 welcome2024 welcome2025 welcome2026 administrator administrator1 admin12345 admin123456 admin@1234 admin@123456
adminadmin admin1234567 root123456 rootroot123 toor123456 supervisor supervisor1 supervisor123 superuser1 testtest12
test123456 test1234567 user123456 guest123456 abcd123456 abc1234567 abc123456789 abcdefghij abcdefghijk abcdef1234 abcde12345
aa12345678 aa123456789 a1b2c3d4e5 a1s2d3f4g5 iloveyou12 iloveyou123 iloveyou1234 sunshine123 princess123 football123 baseball123
superman123 batman12345 dragon12345 monkey12345 master12345 shadow12345 michael123 jessica123 charlie123 liverpool1 manchester
manchester1 chelsea123 barcelona1 chocolate1 basketball basketball1 strawberry butterfly1 1234abcd1234 woaini1314 woaini1314520
woaini520520 5201314520 5201314123 1314520520 woaiwojia123 zhang123456 wang123456 li12345678 liu123456789 chen123456 yang123456
zhao123456 huang123456 qq123456789 qq1234567890 asd123456789 wasd123456 qwe123456789 zxc123456789 147258369a 1472583690
7894561230 789456123a 3.1415926535 31415926535 88888888888 callcenter callcenter1 callcenter123 callcentre callcentre1 contactcenter
contactcentre asterisk123 asterisk12 freepbx1234 wallboard1 wallboard123 floorcast1 floorcast12 floorcast123 floorcast1234
floorcast2025 floorcast2026 floorcastadmin company123 computer123 internet123 secret12345 secret1234 default123 service123
january2025 january2026 summer2024! summer2025! summer2026! winter2024! winter2025! winter2026! spring2025! spring2026! autumn2025!
autumn2026! summer2025 summer2026 winter2025 winter2026 spring2025 spring2026 autumn2025 autumn2026 qwe123!@#asd 1qaz!qaz1qaz
zaq12wsxcde3 zaq1xsw2cde3 passpass123 trustno1234 starwars123 pokemon123 whatever12 hello12345 hello123456 freedom123 killer12345
`
    .trim()
    .split(/\s+/),
);
