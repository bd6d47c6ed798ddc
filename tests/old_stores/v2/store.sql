-- Made by groklab 0.1.0 (schema 2): a run with probes and a fork of it; sqlite3 .dump, and both pragmas.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  step INTEGER NOT NULL DEFAULT 0,
  seconds REAL NOT NULL DEFAULT 0,
  created TEXT NOT NULL,
  machine TEXT NOT NULL,
  version TEXT NOT NULL,
  config TEXT NOT NULL,
  tensors TEXT NOT NULL
);
INSERT INTO runs VALUES(1,'8b6649a1f214','finished','',6,0.0013092990000000000964,'2026-11-25T23:17:13.115Z','a processor, AVX-512, 1 thread','0.1.0','{"fork":{"reset_optimizer":false,"run":"","step":0},"loss":{"form":"stable","kind":"cross_entropy"},"model":{"activation":"relu","architecture":"transformer","biases":"mlp","combination":"concatenate","d_head":4,"d_mlp":4,"d_model":4,"d_vocab":0,"d_vocab_out":0,"init":"paper","init_scale":1.0,"input_tokens":3,"layer_norm":"none","n_heads":1,"n_layers":1,"path":"auto","tied_embeddings":false},"optim":{"batch_size":0,"beta1":0.9,"beta2":0.98,"decay":"*","epsilon":1e-08,"final_lr_share":0.1,"kind":"adamw","learning_rate":0.001,"momentum":0.0,"schedule":"cosine","warmup_steps":2,"weight_decay":1.0},"seed":0,"split":{"file":"","file_digest":"","method":"philox","seed":0,"train_fraction":0.6,"train_size":0},"task":{"composition":"right_first","corrupted_share":0.0,"group":"symmetric","group_degree":5,"label_seed":-1,"labels":"true","modulus":5,"operation":"add","parity_bits":10,"parity_rows":0,"parity_subset":3,"table":"","table_digest":""},"train":{"checkpoint_every":3,"checkpoint_per_decade":0,"precision":"float32","probe_every":1,"probes":"circuits,frequencies,neurons","record_every":3,"record_per_decade":0,"steps":6,"stop_held_records":3,"stop_stationary_tolerance":0.0,"stop_stationary_window":1000,"stop_test_accuracy":0.0}}','["embed.W_E","pos_embed.W_pos","blocks.0.attn.W_Q","blocks.0.attn.W_K","blocks.0.attn.W_V","blocks.0.attn.W_O","blocks.0.mlp.W_in","blocks.0.mlp.b_in","blocks.0.mlp.W_out","blocks.0.mlp.b_out","unembed.W_U"]');
INSERT INTO runs VALUES(2,'2b33748bafe5','finished','',4,0.0010976819999999999979,'2026-11-25T23:17:13.181Z','a processor, AVX-512, 1 thread','0.1.0','{"fork":{"reset_optimizer":false,"run":"8b6649a1f214","step":3},"loss":{"form":"stable","kind":"cross_entropy"},"model":{"activation":"relu","architecture":"transformer","biases":"mlp","combination":"concatenate","d_head":4,"d_mlp":4,"d_model":4,"d_vocab":0,"d_vocab_out":0,"init":"paper","init_scale":1.0,"input_tokens":3,"layer_norm":"none","n_heads":1,"n_layers":1,"path":"auto","tied_embeddings":false},"optim":{"batch_size":0,"beta1":0.9,"beta2":0.98,"decay":"*","epsilon":1e-08,"final_lr_share":0.1,"kind":"adamw","learning_rate":0.001,"momentum":0.0,"schedule":"cosine","warmup_steps":2,"weight_decay":1.0},"seed":0,"split":{"file":"","file_digest":"","method":"philox","seed":0,"train_fraction":0.3,"train_size":10},"task":{"composition":"right_first","corrupted_share":0.0,"group":"symmetric","group_degree":5,"label_seed":-1,"labels":"true","modulus":5,"operation":"add","parity_bits":10,"parity_rows":0,"parity_subset":3,"table":"","table_digest":""},"train":{"checkpoint_every":3,"checkpoint_per_decade":0,"precision":"float32","probe_every":0,"probes":"circuits,frequencies,neurons","record_every":2,"record_per_decade":0,"steps":4,"stop_held_records":3,"stop_stationary_tolerance":0.0,"stop_stationary_window":1000,"stop_test_accuracy":0.0}}','["embed.W_E","pos_embed.W_pos","blocks.0.attn.W_Q","blocks.0.attn.W_K","blocks.0.attn.W_V","blocks.0.attn.W_O","blocks.0.mlp.W_in","blocks.0.mlp.b_in","blocks.0.mlp.W_out","blocks.0.mlp.b_out","unembed.W_U"]');
CREATE TABLE records (
  run INTEGER NOT NULL REFERENCES runs(number) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  seconds REAL,
  learning_rate REAL,
  train_rows INTEGER,
  train_loss REAL,
  train_accuracy REAL,
  train_correct_logit REAL,
  train_correct_logit_centred REAL,
  train_margin REAL,
  train_margin_min REAL,
  train_softmax_collapse REAL,
  test_rows INTEGER,
  test_loss REAL,
  test_accuracy REAL,
  test_correct_logit REAL,
  test_correct_logit_centred REAL,
  test_margin REAL,
  test_margin_min REAL,
  test_softmax_collapse REAL,
  removed_rows INTEGER,
  removed_loss REAL,
  removed_accuracy REAL,
  removed_correct_logit REAL,
  removed_correct_logit_centred REAL,
  removed_margin REAL,
  removed_margin_min REAL,
  removed_softmax_collapse REAL,
  never_seen_rows INTEGER,
  never_seen_loss REAL,
  never_seen_accuracy REAL,
  never_seen_correct_logit REAL,
  never_seen_correct_logit_centred REAL,
  never_seen_margin REAL,
  never_seen_margin_min REAL,
  never_seen_softmax_collapse REAL,
  norm REAL,
  gradient_norm REAL,
  update_norm REAL,
  tensor_norms TEXT NOT NULL,
  PRIMARY KEY (run, step)
);
INSERT INTO records VALUES(1,0,0.00010856000000000000415,0.0,15,2.4779635902791805612,0.2000000000000000111,0.24288734073440235161,-0.24833876177668565143,-1.7010076455771923065,-5.2758423089981079101,0.0,10,2.2337792537658205382,0.29999999999999998889,0.90216308534145350783,0.57763252675533283131,-1.481107792258262723,-6.2826642990112304687,0.0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,10,2.2337792537658205382,0.29999999999999998889,0.90216308534145350783,0.57763252675533283131,-1.481107792258262723,-6.2826642990112304687,0.0,6.5283132742976359708,0.0,0.0,'[2.984278986611354,2.3019176045378993,2.8103177399375965,1.8243437566953724,2.0452669539309034,1.5747678191997725,1.661192805997031,0,1.8848359564274026,0,2.052518896086194]');
INSERT INTO records VALUES(1,3,0.00019322299999999998959,0.00086819805153394641935,15,2.397736555740142883,0.2000000000000000111,0.26224590738614400597,-0.22939468423525491425,-1.5948623518149058764,-5.0121190547943115234,0.0,10,2.1625560021698886359,0.29999999999999998889,0.86885695904493331909,0.54060537308454514882,-1.3979091420769691467,-5.9412312507629394531,0.0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,10,2.1625560021698886359,0.29999999999999998889,0.86885695904493331909,0.54060537308454514882,-1.3979091420769691467,-5.9412312507629394531,0.0,6.5061412250967363135,3.1316664732858039421,0.013162659995800922788,'[2.974222375720307,2.2955821333185664,2.800338561161651,1.8174902521892595,2.0376219356067553,1.5659571738787632,1.6593636808709769,0.004096674496795718,1.878756257412884,0.004731396363622939,2.0449043019225113]');
INSERT INTO records VALUES(1,6,0.00092887500000000001315,0.00010000000000000000479,15,2.3691834254171877383,0.2000000000000000111,0.26929548929135005419,-0.22240323831637706653,-1.5562373802065849748,-4.9161266088485717773,0.0,10,2.137344996695687449,0.29999999999999998889,0.85676585435867314011,0.5271086239814758434,-1.3677991747856139692,-5.8171727657318115234,0.0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,10,2.137344996695687449,0.29999999999999998889,0.85676585435867314011,0.5271086239814758434,-1.3677991747856139692,-5.8171727657318115234,0.0,6.4979145747557209844,3.0035119163717514112,0.0015087522509346770402,'[2.970497304423947,2.293238308552253,2.79663920340923,1.8149552651349063,2.034793521238031,1.5627030812849791,1.6585921515278743,0.005600276147643491,1.8765069627762259,0.0064875269914997,2.0420917817395514]');
INSERT INTO records VALUES(2,0,0.00013498699999999998677,0.0,10,2.4796640185235894193,0.29999999999999998889,0.28732586801052095726,-0.17369325697422022258,-1.6834499031305312222,-5.0121190547943115234,0.0,15,2.1863312115043425087,0.2000000000000000111,0.64993330140908556202,0.24680440247058871294,-1.4045018444458643447,-5.9412312507629394531,0.0,5,2.2338816301732498104,0.0,0.21208598613739013116,-0.3407975387573242143,-1.4176872491836547407,-3.2818800210952758789,0.0,10,2.1625560021698886359,0.29999999999999998889,0.86885695904493331909,0.54060537308454514882,-1.3979091420769691467,-5.9412312507629394531,0.0,6.5061412250967363135,0.0,0.0,'[2.974222375720307,2.2955821333185664,2.800338561161651,1.8174902521892595,2.0376219356067553,1.5659571738787632,1.6593636808709769,0.004096674496795718,1.878756257412884,0.004731396363622939,2.0449043019225113]');
INSERT INTO records VALUES(2,2,0.00018803499999999999793,0.0010000000000000000208,10,2.4059645494330377246,0.29999999999999998889,0.30199510157108305774,-0.16073671996593472122,-1.5895485967397688931,-4.7923728227615356445,0.0,15,2.1348076820547303711,0.2000000000000000111,0.63771507094303769846,0.2336366302768389247,-1.3367221221327780789,-5.6612224578857421875,0.0,5,2.1918116030532663884,0.0,0.22960447818040846668,-0.31995192021131513282,-1.3495508238673210588,-3.1422060728073120117,0.0,10,2.1063057215554623624,0.29999999999999998889,0.8417703673243522866,0.51043090552091596734,-1.3303077712655066999,-5.6612224578857421875,0.0,6.4875392095293795691,3.3997254485186263472,0.014735457039064201942,'[2.96588572482504,2.2898170016125245,2.791942487916784,1.8117440061137127,2.0312075096968134,1.5587061026478861,1.6572969114874763,0.007434279023136808,1.8737531967084922,0.00852448433391609,2.0391137952166787]');
INSERT INTO records VALUES(2,4,0.00080521200000000002841,0.00010000000000000000479,10,2.3828699618544595395,0.29999999999999998889,0.30677669644355776146,-0.15646581292152403341,-1.5597065448760987216,-4.721923828125,0.0,15,2.1188950918553279834,0.2000000000000000111,0.63368243028720216969,0.22933078736066819791,-1.315445887545744652,-5.5716061592102050781,0.0,5,2.1791957046411960519,0.0,0.23474668711423873901,-0.31368419438600542159,-1.3287225082516669338,-3.098175048828125,0.0,10,2.0887447854623939491,0.29999999999999998889,0.83315030187368388503,0.50083827823400495216,-1.3088075771927834001,-5.5716061592102050781,0.0,6.4815231561996027309,3.2445124735152273132,0.0014728768326101959827,'[2.963199346432284,2.2878910531111027,2.789220041479126,1.8098840580472575,2.02913426471927,1.5563245426081407,1.6566185451224367,0.008493701016731192,1.8721520729896421,0.009717332930765009,2.037322001855672]');
CREATE TABLE checkpoints (
  run INTEGER NOT NULL REFERENCES runs(number) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  kept INTEGER NOT NULL,
  PRIMARY KEY (run, step)
) WITHOUT ROWID;
INSERT INTO checkpoints VALUES(1,3,1);
INSERT INTO checkpoints VALUES(1,6,1);
INSERT INTO checkpoints VALUES(2,3,1);
INSERT INTO checkpoints VALUES(2,4,1);
CREATE TABLE probes (
  run INTEGER NOT NULL REFERENCES runs(number) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  reading TEXT NOT NULL,
  PRIMARY KEY (run, step)
) WITHOUT ROWID;
INSERT INTO probes VALUES(1,0,'{"step":0,"circuits":{"general_train":{"loss":1.5297151983683306,"accuracy":1.0,"correct_logit":0.08204975900053979,"margin":0.009255018085241346},"general_test":{"loss":1.529715198368331,"accuracy":1.0,"correct_logit":0.08204975900053979,"margin":0.009255018085241346},"residual_train":{"loss":2.5638384935405463,"accuracy":0.2,"correct_logit":-0.33038851779699335,"margin":-1.7936495866278805},"residual_test":{"loss":2.30337185181016,"accuracy":0.3,"correct_logit":0.4955827766954899,"margin":-1.5753602794259784},"general_norm":0.7632687348430219,"residual_norm":16.01879806771708,"general_share":0.0022652190469064286,"memorised_strength":-0.8259712944924833},"frequencies":{"names":["1","2"],"logit_share":[0.9979608957701741,0.002039104229825875],"embedding_share":[0.5826697064996218,0.4173302935003782],"embedding_gini":0.19003359702332917,"restricted_loss":2.266950181203181,"excluded_loss":2.4779636006391956},"neurons":{"count":4,"periodic":3,"threshold":0.5,"periodic_norm":2.305745987754138,"other_norm":0.9978493816811757,"component_share":[1.0,0.0]}}');
INSERT INTO probes VALUES(1,3,'{"step":3,"circuits":{"general_train":{"loss":1.5329803454633395,"accuracy":1.0,"correct_logit":0.07860534253716468,"margin":0.008428738117218032},"general_test":{"loss":1.5329803454633393,"accuracy":1.0,"correct_logit":0.07860534253716468,"margin":0.008428738117218032},"residual_train":{"loss":2.479772819943028,"accuracy":0.13333333333333333,"correct_logit":-0.3080000291317701,"margin":-1.6836061817556613},"residual_test":{"loss":2.229620874065011,"accuracy":0.3,"correct_logit":0.46200004369765535,"margin":-1.488084391288459},"general_norm":0.733253424652743,"residual_norm":15.08264913763123,"general_share":0.002357912613988594,"memorised_strength":-0.7700000728294254},"frequencies":{"names":["1","2"],"logit_share":[0.9982282588127344,0.001771741187265701],"embedding_share":[0.5822580552781312,0.41774194472186876],"embedding_gini":0.1897367815397184,"restricted_loss":2.188718367920349,"excluded_loss":2.3977365498024197},"neurons":{"count":4,"periodic":3,"threshold":0.5,"periodic_norm":2.3004853773162606,"other_norm":0.995488069772897,"component_share":[1.0,0.0]}}');
INSERT INTO probes VALUES(1,6,'{"step":6,"circuits":{"general_train":{"loss":1.5341215414533564,"accuracy":1.0,"correct_logit":0.07740152063220739,"margin":0.008194617033004739},"general_test":{"loss":1.534121541453357,"accuracy":1.0,"correct_logit":0.07740152063220739,"margin":0.008194617033004739},"residual_train":{"loss":2.44987953009119,"accuracy":0.13333333333333333,"correct_logit":-0.29980474316577116,"margin":-1.6436228605459131},"residual_test":{"loss":2.203530000923248,"accuracy":0.3,"correct_logit":0.4497071147486567,"margin":-1.4565649688467386},"general_norm":0.7224724420827644,"residual_norm":14.744345960981684,"general_share":0.0023952456335450357,"memorised_strength":-0.7495118579144279},"frequencies":{"names":["1","2"],"logit_share":[0.9982953443653385,0.0017046556346614207],"embedding_share":[0.5821044350266066,0.4178955649733933],"embedding_gini":0.18962551630672908,"restricted_loss":2.161247566796555,"excluded_loss":2.3691834290262874},"neurons":{"count":4,"periodic":3,"threshold":0.5,"periodic_norm":2.2984750351371996,"other_norm":0.9946104831699306,"component_share":[1.0,0.0]}}');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('runs',2);
CREATE VIEW runs_view AS
SELECT
  runs.number, runs.id, runs.status, runs.reason, runs.step, runs.seconds, runs.created, runs.machine, runs.version,
  json_extract(runs.config, '$.task.operation') AS operation,
  json_extract(runs.config, '$.task.modulus') AS modulus,
  coalesce(last.train_rows, json_extract(runs.config, '$.split.train_size')) AS train_size,
  json_extract(runs.config, '$.seed') AS seed,
  json_extract(runs.config, '$.model.d_model') AS d_model,
  json_extract(runs.config, '$.optim.weight_decay') AS weight_decay,
  json_extract(runs.config, '$.train.precision') AS precision,
  nullif(json_extract(runs.config, '$.fork.run'), '') AS parent,
  last.train_loss, last.test_loss, last.train_accuracy, last.test_accuracy, last.norm,
  runs.config
FROM runs LEFT JOIN records AS last
  ON last.run = runs.number AND last.step = (SELECT max(step) FROM records WHERE run = runs.number);
COMMIT;
PRAGMA application_id = 1196576587;
PRAGMA user_version = 2;
