package gift.tensor;
import ai.djl.Device; import ai.djl.ndarray.*; import ai.djl.ndarray.types.*;
public class Probe { public static void main(String[] a){
 NDManager m=Devices.newManager(Device.cpu());ai.djl.pytorch.jni.JniUtils.setGradMode(true); 
 NDArray q=m.randomNormal(new Shape(2,5,12)); q.setRequiresGradient(true);
 NDArray y=NativeOps.selfAttention(q,2,true); System.out.println(y);
 ai.djl.pytorch.jni.JniUtils.backward((ai.djl.pytorch.engine.PtNDArray)y.sum(),(ai.djl.pytorch.engine.PtNDArray)m.ones(new Shape()),false,false);
 System.out.println(q.getGradient());
 System.out.println(NativeOps.groupNorm(m.ones(new Shape(1,4,2)),2,m.ones(new Shape(4)),m.zeros(new Shape(4)),1e-5));
 java.util.List<NDArray> p=java.util.List.of(m.ones(new Shape(3)),m.ones(new Shape(2))),g=java.util.List.of(m.ones(new Shape(3)),m.ones(new Shape(2))),v=java.util.List.of(m.zeros(new Shape(3)),m.zeros(new Shape(2))),mm=java.util.List.of(m.zeros(new Shape(3)),m.zeros(new Shape(2))),s=java.util.List.of(m.zeros(new Shape()),m.zeros(new Shape()));
 NativeOps.fusedAdamW(p,g,mm,v,s,0.1,.9,.999,0,1e-8); System.out.println(p.get(0)+" "+s.get(0));
 System.out.println(NativeOps.squaredDistance(p,g)); NativeOps.lerp(p,g,.5); NativeOps.copy(v,p); NativeOps.addScaled(v,p,2);NativeOps.zero(mm); System.out.println(v);
 System.out.println(NativeOps.toFloat32(NativeOps.toBfloat16(p.get(0))));
 System.out.println(NativeOps.crossEntropy(m.randomNormal(new Shape(3,4)), m.create(new long[]{0,1,2}), .2));
}}
