from django.urls import URLPattern, URLResolver, path

from dispatch.board import crew, deciding, resources
from dispatch.board import views as board
from dispatch.capacity import views as capacity
from dispatch.certificate import views as certificate
from dispatch.delivery import views as delivery
from dispatch.driver import views as driver
from dispatch.figures import views as figures
from dispatch.goods import views as goods
from dispatch.pharmacy import views as pharmacy

app_name = "dispatch"
urlpatterns: list[URLPattern | URLResolver] = [
    path("dispatch/", board.board, name="board"),
    path("dispatch/part/", board.part, name="board-part"),
    path("dispatch/capacity/", capacity.page, name="capacity"),
    path("dispatch/capacity/part/", capacity.part, name="capacity-part"),
    path("dispatch/capacity/again/", capacity.again, name="capacity-again"),
    path("dispatch/capacity/try/<slug:what>/", capacity.try_one_more, name="capacity-try"),
    path("dispatch/figures/", figures.page, name="figures"),
    path("dispatch/plans/ask/", board.ask, name="ask"),
    path("dispatch/plans/<int:pk>/join/", board.join, name="join"),
    path("dispatch/plans/<int:pk>/accept/", board.accept, name="accept"),
    path("dispatch/trips/<int:pk>/release/", board.release, name="release"),
    path("dispatch/trips/<int:pk>/start/", board.start, name="start"),
    path("dispatch/trips/<int:pk>/abort/", board.abort, name="abort"),
    path("dispatch/trips/<int:pk>/link/", board.send_link, name="send-link"),
    path("dispatch/stops/<int:pk>/<slug:what>/", board.stop_act, name="stop-act"),
    path("dispatch/resources/", resources.page, name="resources"),
    path("dispatch/trips/<int:pk>/decide/", deciding.trip, name="decide-trip"),
    path("dispatch/trips/<int:pk>/split/", deciding.split, name="split"),
    path("dispatch/trips/<int:pk>/another-driver/", deciding.another_driver, name="another-driver"),
    path("dispatch/cases/<int:pk>/place/", deciding.place, name="place"),
    path("dispatch/cases/<int:pk>/move/", deciding.move, name="move"),
    path("dispatch/cases/<int:pk>/instruct/", deciding.instruct, name="instruct"),
    path("dispatch/cases/chosen/", deciding.chosen, name="chosen"),
    path("dispatch/cases/choose/", deciding.choose, name="choose"),
    path("dispatch/vehicles/<int:pk>/out/", deciding.out, name="vehicle-out"),
    path("dispatch/vehicles/<int:pk>/state/", board.vehicle_state, name="vehicle-state"),
    path("dispatch/cases/<int:pk>/goods/", goods.show, name="goods"),
    path("dispatch/goods/", goods.listing, name="goods-list"),
    path("dispatch/cases/<int:pk>/goods/search/", goods.search, name="goods-search"),
    path("dispatch/cases/<int:pk>/goods/ask/", goods.ask, name="goods-ask"),
    path("dispatch/sourcings/<int:pk>/answer/", goods.answer, name="goods-answer"),
    path("dispatch/proofs/<int:pk>/photo/", delivery.proof_photo, name="proof-photo"),
    path("dispatch/crew/", crew.page, name="crew"),
    path("dispatch/crew/hours/", crew.hours_file, name="crew-hours"),
    path("dispatch/alarms/<int:pk>/", crew.take_up, name="take-up"),
    path("dispatch/trips/<int:pk>/ask-again/", crew.ask_again, name="ask-again"),
    path("dispatch/shifts/<int:pk>/hours/", crew.allow, name="allow-hours"),
    path("dispatch/certificates/<int:pk>/photo/", certificate.photo, name="certificate-photo"),
    path("dispatch/certificates/<int:pk>/look/", certificate.look, name="certificate-look"),
    path("dispatch/cases/<int:pk>/receiver/", delivery.receiver, name="receiver"),
    path("c/<str:token>/", certificate.page, name="certificate"),
    path("d/worker.js", driver.worker, name="driver-worker"),
    path("d/<str:token>/", driver.page, name="driver"),
    path("d/<str:token>/position/", driver.position, name="driver-position"),
    path("p/<str:token>/", pharmacy.page, name="pharmacy"),
]
