"""A workbook of before 2007 with two dates, a hidden row, a card number as a number and a formula; packed."""

from __future__ import annotations

import base64
import zlib


_PACKED = (
    "c-rk)T}V_x6#nMk{grjyHH|b{Hz6xi@du)ZbjvUaYH=g_6-?VjV*O*Q2P4ojpCSnArRc@5hhD5+`k{h)>me{Q2nu1h=%pYC3?kIq"
    "nRD;8)f8MX!MNWtXJ*csbLQ+lGiT=B*Q5UA(EY*`=AaHLrZqPlX*@y2ZFYPhxu(gcS-Yrc7FHD8E()Z>jwji#oHB+o-YF=!XL~^u"
    "_(-K0JqUMq#e&O-diJ4JNFQp63fv@)7X|E9F4GfCS24ZIBcC$e!JNxXYiVp!9K~oTT)NFz#fOz*mU$uVK4hKu%&9^?UdmP6cSY!9"
    "?bw+(+1jzf1Ob}|!=QjR#=2q&+0VgkWC6W|^3KlkXf%mD3idF5XhC4Y+||#67Jqs90>uA0o9|qJ@1h{i<zH27KtHtOyh#S(L8VPf"
    "6w%P^@0i3MPRp{8eC$Z}0UN}xNYR<kv7&b3tdIA^sCpaU-b7Wf#T}+9-2UMpCHm^h>a7*k6*X1Fx^(JVI7{Y#&KJH}`68S5k%wp$"
    "Io$U1Zt~HzlXt$q+1J(-YGF=4JEET?8>HjVa9(PVvX>>c8CuF3TbN#8t82Mk$TW|ZI@Kjj`9@>+0FSxI(h{1dhA|e}nAYAz?ZK~+"
    "M}fglq0Q7DX-u8X8+jKRLNT3eQPP*c0hEa{apStg<B(YkBkPPaE%++~xfGw_yJj4hIhc}rj^Jmi_vF(NGd;z4R(emRo@&?<^Vkw>"
    "OFo@vSi`=OPkW_BFH4Ro(uUMl(zJtyw!&lV#%y|=Wc*Y`W<o{x^46CLcfAAasBd~BPj%f5CjtTiin^RaoyS3yr*IlZRW>>v`Q|uR"
    "-?vK|RTnfWpw=n5cp#mm4E_gMuwcQ01q&7|Sg^2k5PS!PahU_(4jp_c)4%IXQJJ<rll-^Xk8b*%rkBbFbWxo^Z$|59HSEH)B^Ie;"
    "elL_bM6)LlM;rSQ&v^aP`;SQfKZ{oME!`H%bpGi~{QSrB{|3vw>vj"
)
OLD_WORKBOOK = zlib.decompress(base64.b85decode("".join(_PACKED)))
