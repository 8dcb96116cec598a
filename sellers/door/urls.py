from django.urls import path

from sellers.door import views

app_name = "door"
urlpatterns = [path("switch/", views.switch, name="switch")]
